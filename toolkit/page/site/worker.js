// The worker: the interpreter, and one question after the other. Nothing is fetched: what the runtime asks for by
// address is one of the parts that the page hands over, everything else is refused.
"use strict";
(() => {
  const parts = { "pyodide-lock.json": self.LOCK, "pyodide.asm.wasm": new Uint8Array(0) };
  let python, ask;
  const start = async ({ module, library, zone }) => {
    parts["python_stdlib.zip"] = library;
    self.fetch = async (wanted) => {
      const address = String((wanted && wanted.url) || wanted);
      const name = Object.keys(parts).find((part) => address.endsWith(part));
      if (name === undefined) throw new TypeError("no network: " + address.slice(0, 60));
      return new Response(parts[name]);
    };
    WebAssembly.instantiateStreaming = async (_response, imports) => ({
      module, instance: await WebAssembly.instantiate(module, imports),
    });
    python = await loadPyodide({
      indexURL: "https://inside.invalid/", packageBaseUrl: "https://inside.invalid/", lockFileContents: self.LOCK,
      stdLibURL: "https://inside.invalid/python_stdlib.zip", createPyodideModule: self.createModule,
      env: { HOME: "/home", TZ: zone, PYTHONHASHSEED: "0" },
    });
    delete parts["python_stdlib.zip"];
    python.runPython(`
import sys, zipfile
with zipfile.ZipFile(next(path for path in sys.path if path.endswith(".zip"))) as library:
    for name in library.namelist():
        if name.startswith("extensions/"):
            library.extract(name, "/lib")
sys.path.append("/lib/extensions")
`);
    ask = python.runPython("from toolkit.page.questions import ask; ask");
  };
  const answer = (name, value, { path, bytes, state }) => {
    if (bytes !== undefined) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      python.FS.mkdirTree(folder);
      python.FS.writeFile(path, new Uint8Array(bytes));
    }
    const got = ask(name, JSON.stringify(value), state === undefined ? undefined : python.toPy(state));
    if (typeof got === "string") return JSON.parse(got);
    const data = got.toJs();
    got.destroy();
    return data;
  };
  self.onmessage = async ({ data }) => {
    try {
      if (data.start) {
        await start(data);
        postMessage({ id: data.id, value: true });
      } else postMessage({ id: data.id, value: answer(data.name, data.value, data.more || {}) });
    } catch (fault) {
      // Only Python's own exceptions leave the interpreter whole; after anything else it must be replaced.
      postMessage({ id: data.id, fault: String((fault && fault.message) || fault).slice(-1500),
        dead: !data.start && fault.name !== "PythonError" });
    }
  };
})();
