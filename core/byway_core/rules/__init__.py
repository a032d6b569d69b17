"""The rule list: from one line of text to the answer where a flow goes. Pure: no sockets, no files.

    parse      a line of text -> Rule, or an error with the place, what was expected, and a line
               that would have been right. Its parts: grammar (commas and parentheses), payloads
               (what stands between kind and target), patterns (wildcards and regexes), faults
    names      host names and address literals in the one form that rules compare
    naive      what a condition means, said as plainly as possible; also with facts not known
    compile    a list of rules -> RuleSet, which decides. Its parts: guards (what a condition
               needs, at least), and one index a family: name_index, number_index, process_index,
               text_index, rest
    processes  what of a process is compared
    outlook    would one more fact change it? bounds: a condition whatever that may turn out to be
    explain    which rule decided, and which nearly did: near_misses; reasons has it in words, and
               question reads what was asked
    shape      a rule as a form shows it; suggestion: one made of a connection

The first matching rule wins. A condition about a fact that is not known (no host, no address, no
source, no process) is false, and its NOT is true. `naive` is the meaning; `compile` must never
differ from it, and a property test holds the two together.
"""
