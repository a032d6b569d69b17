"""Tables over snapshots, changed in batches.

flow_table      live and ended connections
upstream_table  the upstreams
"""
