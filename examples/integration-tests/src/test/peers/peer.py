"""The conversation that every foreign client has with the server, with Debian's python3-websockets."""

import asyncio
import json
import sys

import websockets


async def both(socket, *kinds):
    """Frames of these kinds, in whatever order they come."""
    found = {}
    while not all(kind in found for kind in kinds):
        frame = json.loads(await socket.recv())
        found[frame["t"]] = frame
    return [found[kind] for kind in kinds]


async def until(socket, kind):
    return (await both(socket, kind))[0]


async def closed(socket):
    await socket.wait_closed()
    print("closed", socket.close_code)


def connect(url):
    return websockets.connect(url, subprotocols=["chat.v1.json"], ping_interval=0.05, max_size=None)


async def converse(url, room):
    async with connect(url) as ada:
        await ada.send(json.dumps({"t": "hello", "id": 1, "token": "ada", "device": "d"}))
        print("welcome", (await until(ada, "welcome"))["user"])
        await ada.send(json.dumps({"t": "join", "id": 2, "room": room}))
        joined = await until(ada, "joined")
        print("joined at", joined["s"])
        for text in ["Gr\u00fc\u00dfe \U0001F438", "x" * 30000]:
            frame = json.dumps({"t": "send", "id": 3, "room": room, "cid": "c%d" % len(text), "b": {"text": text}})
            # Fragments: this library sends an iterable piece by piece.
            await ada.send([frame[i : i + 1000] for i in range(0, len(frame), 1000)])
            ack, ev = await both(ada, "ack", "ev")
            print("acked", ack["s"])
            event = ev["events"][0]
            # As JavaScript and Java count: in UTF-16.
            heard = event["b"]["text"]
            print("heard", event["s"], len(heard.encode("utf-16-le")) // 2, heard[:8])
        pong = await ada.ping()
        await asyncio.wait_for(pong, 10)
        await ada.close(1000)
        await closed(ada)
    async with connect(url) as again:
        hello = {"t": "hello", "id": 1, "token": "ada", "device": "d"}
        hello["rooms"] = [{"room": room, "e": joined["e"], "s": 1}]
        await again.send(json.dumps(hello))
        print("replayed", ",".join(str(event["s"]) for event in (await until(again, "ev"))["events"]))
        await again.send(json.dumps({"t": "bye"}))
        await closed(again)
    async with connect(url) as mallory:
        await mallory.send(json.dumps({"t": "hello", "id": 1, "token": "mallory", "device": "d"}))
        print("refused", (await until(mallory, "error"))["code"])
        await closed(mallory)


asyncio.run(converse(sys.argv[1], sys.argv[2]))
