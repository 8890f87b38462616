// The only way out of this page: actions to the server that it came from, and the server's events.

/** Do something; gives what came of it, throws an Error with a sentence for people. */
export async function act(path, body = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The demo does not answer. Is it still running?");
  }
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : { error: await response.text() };
  if (!response.ok) throw new Error(answer.error);
  return answer.done;
}

/** Call `show[name](document)` for every document that comes; the browser connects again by itself. */
export function listen(show, { lost }) {
  const source = new EventSource("/events");
  for (const [name, take] of Object.entries(show)) {
    source.addEventListener(name, (event) => take(JSON.parse(event.data)));
  }
  source.onerror = lost;
}
