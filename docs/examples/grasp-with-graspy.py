#!/usr/bin/env python3
"""A GRASP peer that stands on graspy, for trying Eider against it. See docs/interop.md.

usage: grasp-with-graspy.py registrar|proxy|pledge SECONDS [ADDRESS]
  registrar  floods AN_join_registrar at ADDRESS port 8443, has peer:synch to synchronise and peer:neg to negotiate
  proxy      floods AN_Proxy as an insecure link has it (DULL)
  pledge     prints the AN_Proxy that it hears (DULL)
"""
import getpass
import ipaddress
import os
import socket
import sys
import threading
import time

import graspi

getpass.getpass = lambda *prompt: ""  # no encryption of its own: an empty password, without asking
role, seconds = sys.argv[1], int(sys.argv[2])
graspi.skip_dialogue(be_dull=role != "registrar", figging=False, silent=True)
error, asa = graspi.register_asa("eider-peer")


def objective(name, value, synch):
    made = graspi.objective(name)
    made.synch, made.neg, made.value, made.loop_count = synch, not synch, value, 6
    graspi.register_obj(asa, made, discoverable=":" in name)
    return made


def negotiate(what):
    while True:
        _, session, asked = graspi.listen_negotiate(asa, what)
        print("asked for", asked.value, flush=True)
        asked.value = 35
        _, session, answer, _ = graspi.negotiate_step(asa, session, asked, 20000)
        print("answered", answer and answer.value, flush=True)
        if session:
            graspi.end_negotiate(asa, session, True)


flooded = None
if role == "registrar":
    flooded, where = objective("AN_join_registrar", "EST-TLS", True), ipaddress.IPv6Address(sys.argv[3])
    flooded.loop_count = 255
    graspi.listen_synchronize(asa, objective("peer:synch", "their value", True))
    threading.Thread(target=negotiate, args=(objective("peer:neg", 0, False),), daemon=True).start()
elif role == "proxy":
    flooded, where = objective("AN_Proxy", "", True), ipaddress.IPv6Address("::")  # stands for the link-local one

wanted = graspi.objective("AN_Proxy")
wanted.synch = True
for _ in range(seconds // 3):
    if flooded:
        at = graspi.asa_locator(where, 0, False)
        at.is_ipaddress, at.protocol, at.port = True, socket.IPPROTO_TCP, 8443
        graspi.flood(asa, 60000, graspi.tagged_objective(flooded, at))
    error, heard = graspi.get_flood(asa, wanted)
    print("heard", [(str(one.source.locator), one.source.protocol, one.source.port) for one in heard] if not error else error, flush=True)
    time.sleep(3)
os._exit(0)
