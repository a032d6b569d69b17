"""Tables over snapshots, changed in batches.

flow_table    live and ended connections
rule_table    the list of rules
rule_edits    … what is done to it, and undone
flow_entry    one of them: its rates, its place in an order
rows          rows that come, go and move, in few steps
target_table  where connections went, and how much
log_table     the last lines of the log
application_list  installed applications
program_list  names of programs, to complete from
upstream_table  the upstreams
"""
