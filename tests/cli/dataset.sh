#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid dataset and ingest on a tiny tree of every format, with the traps of each.
. "${SRCDIR:-.}/tests/lib.sh"
MISID_DATA=$SRCDIR
export MISID_DATA

count=0
# image PATH...: different small pictures (PNM, whatever the name says)
image() {
    for path; do
        mkdir -p "$(dirname "$path")"
        count=$((count + 1))
        printf 'P5\n4 4\n255\n%016d' "$count" >"$path"
    done
}
# check SET [OPTION...]: $status, $out (JSON), $errs for the set in $T/SET
check() {
    set_name=$1
    shift
    run "$MISID" dataset check "$set_name" --root "$T/$set_name" --json "$@"
}
# figure KEY: a number at the top of the JSON
figure() { printf '%s\n' "$out" | sed -n "s/^  \"$1\": \([0-9]*\),*$/\1/p"; }
# group NAME: its n, empty if it is not listed
group() { printf '%s\n' "$out" | grep -F -A1 "\"group\": \"$1\"," | sed -n 's/.*"n": \([0-9]*\),*/\1/p'; }
# problem KIND: its n
problem() { printf '%s\n' "$out" | grep -F -A1 "\"problem\": \"$1\"," | sed -n 's/.*"n": \([0-9]*\),*/\1/p'; }
# figures: "samples present missing unreadable subjects" and the exit status
figures() { printf '%s %s %s %s %s exit %s\n' "$(figure samples)" "$(figure present)" \
    "$(figure missing)" "$(figure unreadable)" "$(figure subjects)" "$status"; }

# --- PPB: CR-only line ends, quoted names, both kinds of skin labels
mkdir -p "$T/ppb"
image "$T/ppb/0001_1_f_FL.jpg" "$T/ppb/0002_6_m_SE.jpg" "$T/ppb/0003_4_f_SA.jpg"
printf 'image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country\r1,0001_1_f_FL.jpg,Female,I,lighter,Finland\r2,0002_6_m_SE.jpg,Male,VI,darker,Senegal\r3,0003_4_f_SA.jpg,Female,IV,darker,South Africa\r' \
    >"$T/ppb/PPB-2017-metadata.csv"
check ppb
is "$(figures)" "3 3 0 0 3 exit 0" "PPB with CR-only line ends is whole"
is "$(group 'gender=female;skin=darker')" 1 "PPB: a crossing of two axes"
is "$(group 'country=South Africa')" 1 "PPB: a country"
is "$(group 'type=VI')" 1 "PPB: a Fitzpatrick type"
printf '9,0009_2_f_IL.jpg,Femal,II,lighter,Iceland\r3,0003_4_f_SA.jpg,Male,IV,darker,South Africa\r2,0002_6_m_SE.jpg,Male,VI,darker,Senegal\r' \
    >>"$T/ppb/PPB-2017-metadata.csv"
image "$T/ppb/0099_3_f_RW.jpg"
check ppb
is "$(figures)" "4 3 1 0 4 exit 1" "PPB: a row without its image is counted and missing"
is "$(problem unknown-label) $(problem conflicting-rows) $(problem duplicate-row) $(problem unlisted-file)" \
    "1 1 1 1" "PPB: a misspelt label, contradicting and repeated rows, an image in no table"
like "$out" "gender: 'Femal' in 1 row, the first PPB-2017-metadata.csv:5" \
    "an unknown label is named with its line"
rm "$T/ppb/PPB-2017-metadata.csv"
check ppb
is "$(figures)" "4 4 0 0 4 exit 0" "PPB without its table is read from the file names"
is "$(group 'skin=darker')" 2 "PPB: skin follows from the type where the table is absent"

# --- FairFace: a spreadsheet's dates
mkdir -p "$T/fairface"
image "$T/fairface/val/1.jpg" "$T/fairface/val/2.jpg" "$T/fairface/train/1.jpg"
cat >"$T/fairface/fairface_label_val.csv" <<'END'
file,age,gender,race,service_test
val/1.jpg,03-Sep,Male,East Asian,FALSE
val/2.jpg,more than 70,Female,Latino_Hispanic,TRUE
val/3.jpg,Oct-19,Female,Black,TRUE
END
check fairface
is "$(figures)" "3 2 1 0 3 exit 1" "FairFace with one of its two tables"
is "$(group 'age=3-9') $(group 'age=10-19') $(group 'age=70 and over')" "1 1 1" \
    "FairFace: ages that a spreadsheet spoilt"
is "$(problem spreadsheet-dates)" 2 "FairFace: and it is said"
is "$(problem unlisted-file)" 1 "FairFace: an image of the part whose table is not there"

# --- UTKFace: a name without a race, chips
mkdir -p "$T/utkface"
image "$T/utkface/26_1_2_20170116174525125.jpg" "$T/utkface/61_1_20170109142408075.jpg" \
    "$T/utkface/part1/3_0_4_20161219230000000.jpg.chip.jpg" "$T/utkface/odd.jpg"
check utkface
is "$(figures)" "3 3 0 0 3 exit 1" "UTKFace: what is named otherwise is not taken in"
is "$(group 'gender=female') $(group 'race=asian') $(group 'race=other') $(group 'age_group=0-9')" \
    "2 1 1 1" "UTKFace: fields of the names"
like "$out" '"axis": "race"' "UTKFace: a missing race is unknown"
is "$(problem unlisted-file)" 1 "UTKFace: the name that does not fit is listed"

# --- LFW: a header of pairs that counts, attributes by sign, names with blanks
mkdir -p "$T/lfw"
image "$T/lfw/lfw/Ann_Lee/Ann_Lee_0001.jpg" "$T/lfw/lfw/Ann_Lee/Ann_Lee_0002.jpg" \
    "$T/lfw/lfw/Bo_Da/Bo_Da_0001.jpg" "$T/lfw/lfw/Cy/Cy_0001.jpg"
printf '1\t1\nAnn_Lee\t1\t2\nBo_Da\t1\tCy\t1\n' >"$T/lfw/pairs.txt"
printf '# attributes\n#\tperson\timagenum\tMale\tAsian\tWhite\tBlack\nAnn Lee\t1\t-1.5\t.2\t-1\t-2\nAnn Lee\t2\t-1\t.5\t-1\t-1\nBo Da\t1\t2.5\t-1\t-1\t-.3\n' \
    >"$T/lfw/lfw_attributes.txt"
check lfw
is "$(figures)" "4 4 0 0 3 exit 0" "LFW: images, pairs and attributes"
is "$(figure trials)" 2 "LFW: the pairs are trials"
is "$(group 'gender=female') $(group 'race=asian') $(group 'race=black')" "2 2 " \
    "LFW: the sign of an attribute, and the largest positive of several"
printf '2\t300\nAnn_Lee\t1\t2\nBo_Da\t1\tDi\t7\n' >"$T/lfw/pairs.txt"
check lfw
is "$(figures) $(problem list-length)" "5 4 1 0 4 exit 1 1" \
    "LFW: a list shorter than its header says, and a pair whose image is not there"
printf '10\t300\nAnn_Lee\tone\t2\n' >"$T/lfw/pairs.txt"
check lfw
is "$status $errs" "2 misid: $T/lfw/pairs.txt:2: 'one', expected the number of an image" \
    "LFW: an ill-formed pair stops the reading with file and line"

# --- RFW: a list a race, landmarks joined by stem
mkdir -p "$T/rfw/txts/African" "$T/rfw/txts/Indian"
image "$T/rfw/data/African/m.01/m.01_0001.jpg" "$T/rfw/data/African/m.01/m.01_0002.jpg" \
    "$T/rfw/data/Indian/m.02/m.02_0001.jpg" "$T/rfw/data/Indian/m.03/m.03_0004.jpg"
printf 'm.01\t1\t2\n' >"$T/rfw/txts/African/African_pairs.txt"
printf 'm.02\t1\tm.03\t4\n' >"$T/rfw/txts/Indian/Indian_pairs.txt"
printf '/data/African/m.01/m.01_0001.jpg\t0\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10.5\n' \
    >"$T/rfw/txts/African/African_lmk.txt"
check rfw
is "$(figures) $(figure trials) $(group race=african)" "4 4 0 0 3 exit 0 2 2" "RFW"
"$MISID" ingest --dataset rfw --root "$T/rfw" --out "$T/rfw.out" --quiet
like "$(cat "$T/rfw.out/roster.csv")" 'm.01_0001.jpg,.*,1 2 3 4 5 6 7 8 9 10.5,african' \
    "RFW: landmarks are joined by the file's name"
is "$(cat "$T/rfw.out/trials.csv")" \
"probe,reference,mated,fold,source
African/m.01/m.01_0001.jpg,African/m.01/m.01_0002.jpg,yes,African,txts/African/African_pairs.txt:1
Indian/m.02/m.02_0001.jpg,Indian/m.03/m.03_0004.jpg,no,Indian,txts/Indian/Indian_pairs.txt:1" \
    "RFW: trials.csv"

# --- BFW: two samples a row, recorded scores, a label that lies
mkdir -p "$T/bfw"
image "$T/bfw/asian_females/n1/0001_01.jpg" "$T/bfw/asian_females/n1/0002_01.jpg" \
    "$T/bfw/white_males/n2/0001_01.jpg"
cat >"$T/bfw/bfw-datatable.csv" <<'END'
fold,p1,p2,label,id1,id2,att1,att2,vgg16,resnet50,senet50,a1,a2,g1,g2,e1,e2
1,asian_females/n1/0001_01.jpg,asian_females/n1/0002_01.jpg,1,0,0,asian_females,asian_females,.82,.703,.67,AF,AF,F,F,A,A
2,asian_females/n1/0001_01.jpg,white_males/n2/0001_01.jpg,0,0,7,asian_females,white_males,.12,,.07,AF,WM,F,M,A,W
END
check bfw
is "$(figures) $(figure trials)" "3 3 0 0 2 exit 0 2" "BFW: two samples a row"
is "$(group 'gender=female;race=asian') $(group 'gender=male;race=white')" "2 1" "BFW: groups"
"$MISID" ingest --dataset bfw --root "$T/bfw" --out "$T/bfw.out" --quiet
is "$(sed -n '1p;3p' "$T/bfw.out/trials.csv")" \
"probe,reference,mated,fold,source,vgg16,resnet50,senet50
asian_females/n1/0001_01.jpg,white_males/n2/0001_01.jpg,no,2,bfw-datatable.csv:3,0.12,,0.07" \
    "BFW: recorded scores stand beside the trials"
sed -i 's/jpg,0,0,7,/jpg,1,0,7,/' "$T/bfw/bfw-datatable.csv"
check bfw
is "$(problem contradictory-trial) $status" "1 1" "BFW: mated, but of two people"
rm "$T/bfw/bfw-datatable.csv"
check bfw
is "$(figures) $(group race=asian)" "3 3 0 0 2 exit 0 2" "BFW without its table: folders"

# --- CelebA: a count, a header without its first name, runs of blanks, people apart
mkdir -p "$T/celeba"
image "$T/celeba/img_align_celeba/000001.jpg" "$T/celeba/img_align_celeba/000002.jpg"
printf '3\n5_o_Clock_Shadow Male Pale_Skin Young \n000001.jpg -1  1 -1  1\n000002.jpg -1 -1  1 -1\n000003.jpg  1  1 -1 -1\n' \
    >"$T/celeba/list_attr_celeba.txt"
printf '000001.jpg 2880\n000002.jpg 2937\n000003.jpg 2880\n' >"$T/celeba/identity_CelebA.txt"
check celeba
is "$(figures) $(group gender=male) $(group age_group=young)" "3 2 1 0 2 exit 1 2 1" "CelebA"
printf '000001.jpg 2880\n000002.jpg 2880\n000003.jpg 2880\n000009.jpg 1\n' >"$T/celeba/identity_CelebA.txt"
check celeba
is "$(problem contradictory-labels) $(problem unmatched-row)" "1 1" \
    "CelebA: one person of two genders; a row that fits no image"

# --- Adience: tuples, None, u
mkdir -p "$T/adience"
image "$T/adience/faces/30601258@N03/coarse_tilt_aligned_face.1.a.jpg" \
    "$T/adience/faces/30601258@N03/coarse_tilt_aligned_face.2.b.jpg"
printf 'user_id\toriginal_image\tface_id\tage\tgender\tx\ty\tdx\tdy\ttilt_ang\tfiducial_yaw_angle\tfiducial_score\n30601258@N03\ta.jpg\t1\t(25, 32)\tf\t0\t414\t1086\t1383\t-115\t30\t17\n30601258@N03\tb.jpg\t2\tNone\tu\t301\t105\t640\t641\t0\t0\t94\n30601258@N03\tb.jpg\t3\t35\tm\t301\t105\t640\t641\t0\t0\t94\n' \
    >"$T/adience/fold_0_data.txt"
check adience
is "$(figures) $(group age=25-32) $(group gender=female)" "3 2 1 0 3 exit 1 1 1" "Adience"
is "$(problem unknown-label)" 1 "Adience: None and u are unknown, a year outside the groups is told"

# --- MORPH
mkdir -p "$T/morph"
image "$T/morph/Album2/009055_0M54.JPG"
cat >"$T/morph/metadata.csv" <<'END'
id_num,picture_num,dob,doa,race,gender,facial_hair,age,age_diff,glasses,photo
9055,0,08/27/1945,04/29/2000,W,M,-9,54,0,-9,009055_0M54.JPG
END
check morph
is "$(figures) $(group 'gender=male;race=white') $(group age_group=50-59)" \
    "1 1 0 0 1 exit 0 1 1" "MORPH"

# --- IJB-C: two faces in one file, one face in two templates, unknowns
mkdir -p "$T/ijb-c"
image "$T/ijb-c/img/1.jpg"
cat >"$T/ijb-c/ijbc_metadata.csv" <<'END'
TEMPLATE_ID,SUBJECT_ID,FILENAME,SIGHTING_ID,FACE_X,FACE_Y,FACE_WIDTH,FACE_HEIGHT,AGE,INDOOR_OUTDOOR,SKINTONE,GENDER,YAW,ROLL
1,1,img/1.jpg,1,10,20,30,40,-1,1,3,1,-12.5,0
2,1,img/1.jpg,1,10,20,30,40,-1,1,3,1,-12.5,0
3,2,img/1.jpg,2,50,20,30,40,2,1,,0,,0
END
check ijb-c
is "$(figures) $(group skin=3) $(group age=2)" "2 2 0 0 2 exit 0 1 1" "IJB-C: a row a face"

# --- VGGFace2: a blank after commas, quoted names, people who are elsewhere
mkdir -p "$T/vggface2"
image "$T/vggface2/test/n000001/0001_01.jpg" "$T/vggface2/test/n000009/0002_01.jpg"
printf 'Class_ID, Name, Sample_Num, Flag, Gender\nn000001, "Dalai_Lama, the", 424, 0, m\nn000009, "A_B", 1, 0, f\nn000002, "C_D", 3, 1, f\n' \
    >"$T/vggface2/identity_meta.csv"
check vggface2
is "$(figures) $(group gender=male) $(group gender=female)" "2 2 0 0 2 exit 0 1 1" \
    "VGGFace2: blanks behind the commas"
is "$(problem people-without-image)" 1 "VGGFace2: who is in the table only is noted"

# --- Casual Conversations: JSON by subject, a file in both lists, N/A
mkdir -p "$T/casual-conversations"
image "$T/casual-conversations/a/1_00.jpg" "$T/casual-conversations/a/1_01.jpg" \
    "$T/casual-conversations/a/2_00.jpg"
cat >"$T/casual-conversations/CasualConversations.json" <<'END'
{"1": {"files": ["a/1_00.jpg", "a/1_01.jpg"], "dark_files": ["a/1_01.jpg"],
       "label": {"age": "36", "gender": "Female", "skin-type": "5"}},
 "2": {"files": ["a/2_00.jpg"], "dark_files": [],
       "label": {"age": "N/A", "gender": "N/A", "skin-type": "2"}}}
END
check casual-conversations
is "$(figures) $(group 'type=V') $(group skin=lighter) $(group light=dim) $(group age_group=31-45)" \
    "3 3 0 0 2 exit 0 2 1 1 2" "Casual Conversations"
printf '{"1": {"files": [}' >"$T/casual-conversations/CasualConversations.json"
check casual-conversations
is "$status" 2 "Casual Conversations: broken JSON is refused"
like "$errs" 'CasualConversations.json:1: column [0-9]+: ' "… with its line and column"

# --- KDEF, CFD, DemogPairs: all in the names
mkdir -p "$T/kdef" "$T/cfd" "$T/demogpairs"
image "$T/kdef/AF01/AF01ANFL.JPG" "$T/kdef/BF01/BF01SUS.JPG" "$T/kdef/AM35/AM35NEHR.jpg"
check kdef
is "$(figures) $(group expression=surprised) $(group 'view=full left')" "3 3 0 0 2 exit 0 1 1" KDEF
image "$T/cfd/CFD-WF-001-003-N.jpg" "$T/cfd/CFD-BM-200-035-HC.jpg" "$T/cfd/CFD-MF-300-002-N.jpg"
check cfd
is "$(figures) $(group 'gender=female;race=multiracial')" "3 3 0 0 3 exit 0 1" CFD
image "$T/demogpairs/Asian_Females/n1/1.jpg" "$T/demogpairs/White_Males/n1/1.jpg"
check demogpairs
is "$(figures) $(group 'gender=male;race=white')" "2 2 0 0 2 exit 0 1" DemogPairs

# --- officials: portraits and a table of people, the table anywhere
mkdir -p "$T/officials"
image "$T/officials/portraits/A1.jpg" "$T/officials/portraits/B2.png" \
    "$T/officials/more/A1.jpg" "$T/officials/portraits/Z9.jpg"
printf 'bioguide,name,gender,chamber\nA1,"Doe, Jane",F,sen\nB2,Bo,M,rep\nC3,Cy,M,rep\n' >"$T/mps.csv"
check officials --set dataset.metadata=../mps.csv --set dataset.more_images=more
is "$(figures) $(group chamber=Senate)" "4 3 1 0 3 exit 1 2" \
    "officials: a table elsewhere, two portraits of one of them"
is "$(problem unlisted-file)" 1 "officials: a portrait of nobody in the table"
check officials --set "dataset.metadata=$T/mps.csv"
is "$(figures)" "3 2 1 0 3 exit 1" "officials: an absolute path to the table"
check officials --set dataset.metadata=typo.csv
is "$status" 2 "a table that was named and is not there is an error"
like "$errs" "typo.csv: not there" "… which says so"

# --- generic: any table; whatever the columns, whatever the bytes
mkdir -p "$T/generic"
latin=$(printf 'caf\351.jpg')
line=$(printf 'two\nlines.jpg')
image "$T/generic/a b.jpg" "$T/generic/$latin" "$T/generic/$line" "$T/generic/p%q.jpg"
cp "$T/generic/a b.jpg" "$T/generic/copy.jpg"
: >"$T/generic/empty.jpg"
printf 'not an image' >"$T/generic/bad.jpg"
mkfifo "$T/generic/pipe.jpg"
mkdir "$T/generic/folder.jpg"
ln -s . "$T/generic/loop"
{
    printf 'path;person;tone;status\n'
    printf 'a b.jpg;1;"light";x\n%s;2;dark;\n' "$latin"
    printf '"%s";2;NA;\n%s;3;dark;\n' "$line" 'p%q.jpg'
    printf 'copy.jpg;9;light;\nempty.jpg;4;light;\nbad.jpg;4;light;\npipe.jpg;4;light;\n'
    printf 'folder.jpg;4;light;\nx/../../outside.jpg;5;light;\n/etc/passwd;5;light;\nnone.jpg;6;light;\n'
} >"$T/generic/mine.csv"
check generic --set dataset.metadata=mine.csv
is "$(figures)" "12 9 1 4 7 exit 1" "generic: everything hostile is a status"
is "$(figure refused) $(problem outside-root) $(problem unreadable) $(problem duplicate-identity) $(problem folder-again)" \
    "2 2 4 1 1" "generic: outside the root, unreadable, equal under two people, a loop"
is "$(group tone=dark) $(group table_status=x)" "2 1" "generic: every other column is an attribute"
like "$out" '"p%25q.jpg|caf%E9.jpg|two%0Alines.jpg|a b.jpg and copy.jpg"' "names are told percent-encoded"
check generic --set dataset.metadata=mine.csv --set dataset.outside=true
is "$(figure refused)" 0 "paths outside the root are followed when asked for"
"$MISID" ingest --dataset generic --root "$T/generic" --set dataset.metadata=mine.csv \
    --out "$T/generic.out" --quiet
ok $? "ingest takes what is wrong as data"
is "$(cut -d, -f1-4 "$T/generic.out/roster.csv" | sed -n '1p;3,5p;7,12p')" \
"sample,subject,path,status
caf%E9.jpg,2,caf%E9.jpg,ok
two%0Alines.jpg,2,two%0Alines.jpg,ok
p%25q.jpg,3,p%25q.jpg,ok
empty.jpg,4,empty.jpg,empty
bad.jpg,4,bad.jpg,unsupported
pipe.jpg,4,pipe.jpg,not-a-file
folder.jpg,4,folder.jpg,not-a-file
x/../../outside.jpg,5,x/../../outside.jpg,refused-path
/etc/passwd,5,/etc/passwd,refused-path" "roster.csv: a row for every sample, with its status"
is "$(sed -n 2p "$T/generic.out/roster.csv" | cut -d, -f6)" \
    "$(sha256sum "$T/generic/a b.jpg" | cut -d' ' -f1)" "roster.csv: the SHA-256 of the file"
like "$(cat "$T/generic.out/problems.csv")" '^missing-file,problem,none.jpg \(mine.csv:14\)$' \
    "problems.csv lists each, with its line in the table (after a cell of two lines)"
like "$(cat "$T/generic.out/attributes.csv")" '^tone,unstated,yes,' "attributes.csv: provenance"

# --- recorded scores with their people
mkdir -p "$T/bob-scores"
cat >"$T/bob-scores/scores.csv" <<'END'
probe_subject_id,probe_key,probe_gender,bio_ref_subject_id,bio_ref_key,bio_ref_gender,score
1,p/1,female,1,r/1,female,.9
2,p/2,male,1,r/1,female,-.25
END
check bob-scores
is "$(figures) $(figure trials) $(group gender=female)" "3 3 0 0 2 exit 0 2 2" "bob.bio's scores"
"$MISID" ingest --dataset bob-scores --root "$T/bob-scores" --out "$T/bob.out" --quiet
is "$(sed 1d "$T/bob.out/trials.csv" | cut -d, -f1-3,6)" "p/1,r/1,yes,0.9
p/2,r/1,no,-0.25" "bob.bio's scores: trials"

# --- balanced subsets
mkdir -p "$T/bal"
printf 'path,gender,race\n' >"$T/bal/metadata.csv"
for i in 1 2 3 4 5 6 7 8 9; do
    for g in female male; do
        for r in black white; do
            [ $g$r = femaleblack ] && [ $i -gt 4 ] && continue
            image "$T/bal/$g$r$i.jpg"
            printf '%s%s%s.jpg,%s,%s\n' $g $r $i $g $r >>"$T/bal/metadata.csv"
        done
    done
done
run "$MISID" dataset sample generic --root "$T/bal" --balance gender,race --per-cell 3 --seed 7
first=$out
is "$(printf '%s\n' "$first" | sed 1d | sed 's/[0-9].*//' | sort | uniq -c | tr -s ' ')" \
    " 3 femaleblack
 3 femalewhite
 3 maleblack
 3 malewhite" "sample: as many of each"
{
    sed -n 1p "$T/bal/metadata.csv"
    sed 1d "$T/bal/metadata.csv" | sort -r
} >"$T/bal/other.csv"
run "$MISID" dataset sample generic --root "$T/bal" --set dataset.metadata=other.csv \
    --balance gender,race --per-cell 3 --seed 7
is "$(printf '%s\n' "$out" | sed 1d | cut -d, -f1 | sort)" \
    "$(printf '%s\n' "$first" | sed 1d | cut -d, -f1 | sort)" \
    "sample: the same people whatever the order of the table"
run "$MISID" dataset sample generic --root "$T/bal" --balance gender,race --per-cell 3 --seed 8
[ "$out" != "$first" ]
ok $? "sample: another seed draws others"
run "$MISID" dataset sample generic --root "$T/bal" --balance gender,race --per-cell 5
is "$status" 2 "sample: a group that is too small is an error"
like "$errs" 'gender=female;race=black has 4 samples to draw from, expected 5 \(at most 4' \
    "… which says which and what can be had"
run "$MISID" dataset sample generic --root "$T/bal" --balance gender,race --out "$T/bal.csv"
is "$status $(wc -l <"$T/bal.csv")" "0 17" "sample: as many as the smallest group has"

# --- a roster as a data set
"$MISID" ingest --dataset bfw --root "$T/bfw" --out "$T/bfw.out" --quiet
run "$MISID" dataset check roster --root "$T/bfw" --set "dataset.metadata=$T/bfw.out/roster.csv" --json
is "$(figures) $(group 'gender=female;race=asian')" "3 3 0 0 2 exit 0 2" "roster: what ingest wrote"
run "$MISID" dataset check roster --root "$T/bal" --set "dataset.metadata=$T/bal.csv" --json
is "$(figures) $(group gender=female)" "16 16 0 0 16 exit 0 8" "roster: what sample wrote"

# --- guessing
run "$MISID" dataset guess "$T/bal"
mkdir -p "$T/guessed/datasets/guessed"
printf '%s\n' "$out" | sed 's/^name: .*/name: guessed/' >"$T/guessed/datasets/guessed/dataset.yaml"
MISID_DATA=$T/guessed run "$MISID" dataset check guessed --root "$T/bal" --json
is "$(figures) $(group 'gender=male;race=black')" "31 31 0 0 31 exit 0 9" \
    "guess: what it writes for a table is read back"
run "$MISID" dataset guess "$T/kdef"
like "$out" 'layout: (filename|tree)' "guess: a folder without a table"
run "$MISID" dataset guess "$T/nowhere"
is "$status" 2 "guess: no such folder"

# --- small groups, options, nothing there
check ppb --effect 0.3
is "$status" 0 "small groups are noted and are no problem"
like "$out" '"problem": "small-cell"' "… and listed"
run "$MISID" dataset check ppb --root "$T/bal"
like "$errs" "$T/bal/metadata.csv:1: no field for the path of a sample, expected 'filename' among: path, gender" \
    "a table that is of another set"
run "$MISID" dataset check ppb --root "$T/guessed"
like "$errs" "nothing of the data set 'ppb' is there, expected PPB-2017-metadata.csv" \
    "a folder that holds nothing of the set"
run "$MISID" dataset check nope --root "$T"
is "$status" 2 "no such set"
run "$MISID" dataset check gender-shades --root "$T"
like "$errs" 'published counts and no images' "a published audit has no images to check"
run "$MISID" dataset check generic --root "$T/bal" --set dataset.metdata=x.csv
like "$errs" '^misid: --set metdata: metdata: unknown key' "a key that is not there"
run "$MISID" dataset check generic --root "$T/bal" --by race,age
like "$errs" "'age' is no attribute" "--by what is no attribute"
run "$MISID" dataset show casual-conversations
like "$out" 'self-reported' "show: where labels come from"
run "$MISID" dataset list
like "$out" '^vggface2 +images ' "list"

done_testing
