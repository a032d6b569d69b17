"""The helper's other backend, for hosts that have x_tables only: `byway_helper.apply` chooses it.

children   what `byway_helper.render` made -> kernel, by python-iptables, in child processes
"""
