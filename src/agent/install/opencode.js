// Written by `stanch agent install opencode`: stanch checks what the assistant sees, runs and writes.
import { spawnSync } from "node:child_process"

const PROGRAM = "stanch"

// Whatever goes wrong, the answer is a refusal.
const ask = (payload) => {
  const run = spawnSync(PROGRAM, ["agent", "hook", "opencode"], {
    input: JSON.stringify(payload),
    encoding: "utf8",
    maxBuffer: 64 << 20,
    timeout: 30000,
  })
  try {
    const answer = JSON.parse(run.stdout)
    if (["allow", "warn", "mask", "deny"].includes(answer.action)) return answer
  } catch {}
  const why = run.error?.message || "no answer"
  return { action: "deny", reason: `stanch could not check this, so it is refused: ${why}` }
}

export const Stanch = async ({ directory }) => ({
  "chat.message": async (input, output) => {
    const parts = (output.parts ?? []).filter((part) => part.type === "text" && part.text)
    const text = parts.map((part) => part.text).join("\n")
    const answer = ask({ event: "chat.message", sessionID: input.sessionID, directory, text })
    // The prompt goes on without its text.
    if (answer.action === "deny") for (const part of parts) part.text = answer.reason
  },
  "tool.execute.before": async (input, output) => {
    const { tool, sessionID } = input
    const answer = ask({ event: "tool.execute.before", sessionID, directory, tool, args: output.args })
    if (answer.action === "deny") throw new Error(answer.reason)
  },
  "tool.execute.after": async (input, output) => {
    const { tool, sessionID, args } = input
    const payload = { event: "tool.execute.after", sessionID, directory, tool, args, output: output.output }
    const answer = ask(payload)
    if (typeof answer.output === "string") output.output = `${answer.output}\n\n[${answer.reason}]`
    else if (answer.action === "deny") output.output = answer.reason
  },
})
