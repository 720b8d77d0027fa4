"""The parts of the cleaning that walk over a page's nodes, compiled: a C library without any dependency.

`library` loads it and declares its functions; `build` compiles it when the package is installed or built, with the
compiler that `ziglang` brings as a Python package, so that nobody needs one of their own. It knows Python by the stable
ABI alone and lxml's trees by their public structures: one library serves every version of Python on a platform.
"""
