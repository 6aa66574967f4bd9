# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for insightface, as much of it as the example uses."""
__version__ = "0.0.stand-in"
