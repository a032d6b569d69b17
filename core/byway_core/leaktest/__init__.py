"""Does anything leave by another way than the rules say? Tried out, with nothing of the real
network touched: the profile's rules on this machine's kernel, between an Internet of our own and a
program that knows nothing of a proxy.

    targets    destinations that the profile's rules tell apart, and what each is to meet
    stage      two network namespaces and a link; the engine, with a program under it
    internet   … the far end: every address of the world, names, upstreams; what came over the link
    prober     … the program: looks names up, connects, sends datagrams
    verdict    what left by which way, beside what the rules say

    here       the same without a stage: on the machine as it is, under the engine that is in force

It must not know how interception works: it starts `byway` as a user does, and reads packets.
"""
