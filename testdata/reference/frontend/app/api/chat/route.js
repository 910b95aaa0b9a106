import { readFile } from "node:fs/promises";

export const dynamic = "force-dynamic";

// Read for each request and on the server only: the image is the same in every
// environment, and neither the address nor the token reaches the browser.
async function backend() {
  const url = process.env.API_URL ?? "http://127.0.0.1:8000";
  const tokenFile = process.env.API_TOKEN_FILE;
  const token = tokenFile ? (await readFile(tokenFile, "utf8")).trim() : "";
  return { url, token };
}

export async function POST(request) {
  try {
    const { url, token } = await backend();
    const response = await fetch(`${url}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: await request.text(),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) {
      return Response.json(await response.json());
    }
    console.error(JSON.stringify({ event: "chat", status: response.status }));
    return Response.json({ error: "the backend refused the message" }, { status: 502 });
  } catch (error) {
    console.error(JSON.stringify({ event: "chat", error: error.message }));
    return Response.json({ error: "the backend is not reachable" }, { status: 502 });
  }
}
