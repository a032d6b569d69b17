"""The helper's other backend, for hosts that have x_tables only: `byway_helper.apply` chooses it.

rules      Plan -> the rules, as iptables-restore text    pure
children   … -> kernel, by python-iptables, in short-lived processes
"""
