"""The broker is an untrusted pipe: it may be away, come back, or lose what it was given."""
import os
import signal
import threading

import paho.mqtt.client as paho
from nacl.signing import SigningKey

import wire
from harness import Broker, Shop, expect, scenario, wait_until


@scenario("kasird starts without a broker, says so, and sells when it comes")
def broker_down_at_start():
    with Shop(start=False) as shop:
        shop.broker.stop()
        shop.start()
        shop.wait_log(f"broker 127.0.0.1:{shop.broker.port}: cannot connect")
        expect(not shop.status().broker_connected, "it knows that there is none")
        shop.broker.start()
        shop.wait_log("connected")
        shop.terminal("t1").sell(5)
        shop.check_kept()


def stream_through(break_it, n=400, **kw):
    """Sales go on while BREAK_IT(shop) happens; each is answered in the end, once."""
    with Shop(**kw) as shop:
        t = shop.terminal("t1")
        made = [t.register.sign(wire.sale(1000 + i)) for i in range(n)]
        trouble = threading.Thread(target=break_it, args=(shop,))
        t.settle(made[:20])
        trouble.start()
        t.settle(made, 60)
        trouble.join()
        shop.wait_serving()
        t.settle(made)
        t.sell(3)
        shop.check_kept()
        shop.stop()
        shop.check_kept()
        entries = [wire.entry_of(e) for _, e, _ in shop.rows()]
        sales = [e for e in entries if e.HasField("transaction")]
        expect(len(sales) == n + 3, f"{len(sales)} entries for {n + 3} sales")


@scenario("a broker that restarts loses no acked sale")
def broker_restarts():
    def restart(shop):
        for _ in range(3):
            shop.broker.stop()
            shop.broker.start()
            shop.wait_serving()
    stream_through(restart)


@scenario("a broker that is killed, with all it had queued, loses no acked sale")
def broker_killed():
    def kill(shop):
        for _ in range(3):
            shop.broker.stop(signal.SIGKILL)
            shop.broker.start()
            shop.wait_serving()
    stream_through(kill)


@scenario("a broker that stands still for seconds loses no acked sale")
def broker_hangs():
    def hang(shop):
        shop.broker.process.p.send_signal(signal.SIGSTOP)
        threading.Event().wait(3)
        shop.broker.process.p.send_signal(signal.SIGCONT)
    stream_through(hang)


@scenario("a broker that drops most of what it should queue loses no acked sale")
def broker_drops():
    with Shop(broker_extra="max_inflight_messages 2\nmax_queued_messages 2\n") as shop:
        t = shop.terminal("t1")
        t.sell(2)
        shop.stop()
        made = [t.register.sign(wire.sale(1000 + i)) for i in range(60)]
        for m in made:
            t.send(m)
        log = shop.broker.process
        wait_until(lambda: "being dropped" in log.text(), "the broker drops")
        shop.start()
        t.settle(made, 60)
        t.sell(3)
        shop.check_kept()


@scenario("kasird killed in mid-stream comes back with every acked sale")
def daemon_killed():
    def kill(shop):
        for _ in range(4):
            shop.restart(signal.SIGKILL)
    stream_through(kill, 600)


@scenario("SIGTERM in mid-stream leaves cleanly with every acked sale")
def daemon_stopped():
    def stop(shop):
        for _ in range(3):
            shop.restart(signal.SIGTERM)
    stream_through(stop, 600)


@scenario("another client with kasird's id is fought off without harm")
def stolen_client_id():
    with Shop() as shop:
        t = shop.terminal("t1")
        t.sell(3)
        client = paho.Client(client_id="kasird-jkt-01", clean_session=True)
        client.connect("127.0.0.1", shop.broker.port)
        client.loop_start()
        shop.wait_log("connection lost")
        client.disconnect()
        client.loop_stop()
        shop.wait_serving()
        t.sell(3)
        shop.check_kept()


@scenario("headquarters' broker that is not there stops nothing; a reload finds another")
def headquarters_away():
    with Shop(start=False) as shop:
        key = bytes(SigningKey.generate().verify_key)
        name = "hq.example.com"
        vkey = os.path.join(shop.folder, "hq.vkey")
        with open(vkey, "w") as f:
            f.write(f"{name}+{wire.key_id(name, 4, key).hex()}+{wire.b64(bytes([4]) + key)}\n")

        def hq(port):
            shop.write_config(f'headquarters {{\n\thost = "127.0.0.1"\n\tport = {port}\n'
                              f'\tkey-file = "{vkey}"\n}}\n')
        other = Broker(shop.folder, "hq")
        hq(other.port)
        shop.start()
        shop.wait_log(f"headquarters' broker 127.0.0.1:{other.port}: cannot connect")
        t = shop.terminal("t1")
        t.sell(20)
        second = Broker(shop.folder, "hq2").start()
        try:
            hq(second.port)
            shop.kasird.p.send_signal(signal.SIGHUP)
            shop.wait_log(f"headquarters' broker 127.0.0.1:{second.port}: connected")
            t.sell(3)
            shop.check_kept()
        finally:
            second.stop()
