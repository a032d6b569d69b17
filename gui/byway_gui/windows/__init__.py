"""Windows.

main_window    how it stands, what can be done, what goes where
standing_view  its upper part

upstreams_page    the upstreams: upstream_view (the list), upstream_actions (what can be done)
dns_page          names: server_list (who is asked)
buttons           buttons that are what their actions are
"""
