import numpy as np
t = np.load('t.npy')
first = [i for i, l in enumerate(open('solo.csv').read().split()[1:]) if ',p7,' in l]
t[first[0]] = np.nan
np.save('solo.npy', t)
