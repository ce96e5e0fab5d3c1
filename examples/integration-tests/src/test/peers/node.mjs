import WebSocket from "ws";
import { converse } from "./conversation.mjs";

await converse(WebSocket, process.argv[2], process.argv[3], console.log);
