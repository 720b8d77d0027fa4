"""Loaded by the fork server first: what it loads stays, and to look for garbage in it again and again takes a tenth

of its start. `warm` switches the collection on again.
"""

import gc

gc.disable()
