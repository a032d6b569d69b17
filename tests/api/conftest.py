from tests.support.loops import any_loop, plain_loop

__all__ = ["any_loop", "plain_loop"]
