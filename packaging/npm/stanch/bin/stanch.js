#!/usr/bin/env node
// Finds the program for this platform among the optional packages and runs it in this process's place.
// Hooks never come this way: `stanch install` writes the program's own path into them.
"use strict";

const { spawnSync } = require("node:child_process");
const os = require("node:os");

const exe = process.platform === "win32" ? "stanch.exe" : "stanch";
const name = `@stanch/${process.platform}-${process.arch}`;

let program;
try {
  program = require.resolve(`${name}/bin/${exe}`);
} catch {
  process.stderr.write(
    `stanch: could not check: the package ${name} is not installed\n` +
      `  help: install again without --omit=optional or --no-optional; where ${name} does not exist,\n` +
      "  build stanch from its sources (cargo install stanch --locked)\n",
  );
  process.exit(2);
}

// The program and this process are one group: a signal of the terminal reaches both, and the program decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const run = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  process.stderr.write(`stanch: could not check: ${program} does not run: ${run.error.message}\n`);
  process.exit(2);
}
process.exit(run.signal ? 128 + os.constants.signals[run.signal] : run.status);
