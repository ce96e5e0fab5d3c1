// The conversation that every foreign client has with the server, over the WebSocket interface of browsers (and of npm's ws).

/** Opens a connection whose texts and end can be waited for, one after the other. */
function open(WebSocket, url) {
  const socket = new WebSocket(url, "chat.v1.json");
  const waiting = [];
  const came = [];
  const put = (what) => (waiting.length ? waiting.shift()(what) : came.push(what));
  socket.onmessage = (event) => put(JSON.parse(event.data));
  socket.onclose = (event) => put({ t: "closed", code: event.code });
  socket.onerror = () => {};
  const next = () => (came.length ? Promise.resolve(came.shift()) : new Promise((then) => waiting.push(then)));
  return {
    opened: new Promise((then, fail) => {
      socket.onopen = then;
      socket.addEventListener("error", () => fail(new Error("can't connect to " + url)));
    }),
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: () => socket.close(1000),
    async until(type) {
      return (await this.both(type))[type];
    },
    /** Frames of these types, in whatever order they come. */
    async both(...types) {
      const found = {};
      while (types.some((type) => !found[type])) {
        const frame = await next();
        if (frame.t === "closed" && !types.includes("closed")) {
          throw new Error("closed with " + frame.code + " instead of " + types);
        }
        found[frame.t] = frame;
      }
      return found;
    },
  };
}

export async function converse(WebSocket, url, room, log) {
  const ada = open(WebSocket, url);
  await ada.opened;
  ada.send({ t: "hello", id: 1, token: "ada", device: "d" });
  log("welcome " + (await ada.until("welcome")).user);
  ada.send({ t: "join", id: 2, room });
  const joined = await ada.until("joined");
  log("joined at " + joined.s);
  for (const text of ["Gr\u00fc\u00dfe \u{1F438}", "x".repeat(30000)]) {
    ada.send({ t: "send", id: 3, room, cid: "c" + text.length, b: { text } });
    const { ack, ev } = await ada.both("ack", "ev");
    log("acked " + ack.s);
    const event = ev.events[0];
    log("heard " + event.s + " " + event.b.text.length + " " + event.b.text.slice(0, 8));
  }
  ada.close();
  log("closed " + (await ada.until("closed")).code);

  const again = open(WebSocket, url);
  await again.opened;
  again.send({ t: "hello", id: 1, token: "ada", device: "d", rooms: [{ room, e: joined.e, s: 1 }] });
  log("replayed " + (await again.until("ev")).events.map((event) => event.s));
  again.send({ t: "bye" });
  log("closed " + (await again.until("closed")).code);

  const mallory = open(WebSocket, url);
  await mallory.opened;
  mallory.send({ t: "hello", id: 1, token: "mallory", device: "d" });
  log("refused " + (await mallory.until("error")).code);
  log("closed " + (await mallory.until("closed")).code);
}
