"""Dialogs: a value in, a value out.

cannot_run       why there can be none
run_program      an installed application, or a command line
edit_rule        a rule, by its fields or as text: rule_fields, host_rows, program_field
rules_as_text    all rules as one text: code_edit
edit_upstream    an upstream's table: upstream_fields, password_field
first_steps      from nothing to a Byway that is on: first_step_pages
remove_upstream  where its rules go then
edit_host        a name and its addresses
edit_server      a DNS server
edit_resolver    a resolver and its servers: server_rows, text_rows
edit_name_rule   which names are asked of a resolver
field_note       what is wrong with a field, beneath it
tall_form        a form as high as it needs
"""
