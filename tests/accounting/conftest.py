from tests.support.loops import plain_loop

__all__ = ["plain_loop"]
