"use client";

import { useState } from "react";

export default function Chat() {
  const [message, setMessage] = useState("");
  const [answer, setAnswer] = useState("");

  async function send(event) {
    event.preventDefault();
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message }),
    });
    const body = await response.json();
    setAnswer(response.ok ? body.reply : `Sorry: ${body.error}`);
  }

  return (
    <form onSubmit={send}>
      <input
        aria-label="Message"
        value={message}
        onChange={(event) => setMessage(event.target.value)}
        maxLength={2000}
        required
      />
      <button type="submit">Send</button>
      <p aria-live="polite">{answer}</p>
    </form>
  );
}
