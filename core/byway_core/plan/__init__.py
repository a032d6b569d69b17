"""What a way of intercepting asks of the kernel: pure functions to a `byway_helper.contract.Plan`.

    own_namespace   one program in its own network namespace
    whole_machine   this machine, and the clients of its LAN
    direct            … destinations that the kernel may serve by itself

The rooms above decide when a plan is applied and by whom; nothing here does anything.
"""
