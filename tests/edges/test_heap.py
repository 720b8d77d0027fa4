"""The heap's bounds, as the C library has them. Only glibc knows them."""

import ctypes
import os
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys
from pipeline.edges.heap import LARGE_BYTES, bound_heap
if sys.argv[1] == "bounded":
    bound_heap()
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
        "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]
library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
bytearray(8 * LARGE_BYTES)  # once it is free, glibc by itself keeps what is no larger
before = library.mallinfo2().hblks
pieces = [bytearray(2 * LARGE_BYTES) for _ in range(8)]
print(library.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="another C library")
@pytest.mark.parametrize(("how", "given_back"), [("bounded", 8), ("as it comes", 0)])
def test_large_pieces_go_back_to_the_system_whatever_was_there_before(how: str, given_back: int) -> None:
    unset = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], env=unset, capture_output=True, text=True, check=True)
    assert int(done.stdout) == given_back
