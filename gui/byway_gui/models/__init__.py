"""Tables over snapshots, changed in batches.

flow_table    live and ended connections
target_table  where connections went, and how much
log_table     the last lines of the log
application_list  installed applications
"""
