// node pack.mjs RUNTIME FOLDER: let the interpreter of the page compile and compress the parts that lie in a folder.
import fs from "fs";
import path from "path";
import { pathToFileURL } from "url";

const [runtime, folder, program] = process.argv.slice(2).map((name) => path.resolve(name));
const { loadPyodide } = await import(pathToFileURL(path.join(runtime, "pyodide.mjs")).href);
const python = await loadPyodide({ indexURL: runtime + path.sep, env: { HOME: "/home", PYTHONHASHSEED: "0" } });
python.FS.mkdir("/parts");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/parts");
python.runPython(fs.readFileSync(program, "utf8"));
