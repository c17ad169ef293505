// Saves workbooks again with SheetJS and exceljs: node resave.js FOLDER_OF_PACKAGES < jobs, each [program, from, to, kind].
"use strict";
const { readFileSync, writeFileSync } = require("fs");
const { join } = require("path");
const XLSX = require(join(process.argv[2], "xlsx/package/dist/xlsx.full.min.js"));
const ExcelJS = require(join(process.argv[2], "exceljs/package/dist/exceljs.min.js"));

const WHOLE = { cellStyles: true, cellNF: true, sheetStubs: true };

async function saved(program, data, bookType) {
  if (program === "exceljs") {
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(data);
    return Buffer.from(await book.xlsx.writeBuffer());
  }
  const options = program === "sheetjs" ? [{}, {}] : [WHOLE, { cellStyles: true, bookSST: true, compression: true }];
  return XLSX.write(XLSX.read(data, { type: "buffer", ...options[0] }), { type: "buffer", bookType, ...options[1] });
}

(async () => {
  for (const [program, from, to, kind] of JSON.parse(readFileSync(0, "utf8"))) {
    try {
      writeFileSync(to, await saved(program, readFileSync(from), kind));
    } catch (fault) {
      throw new Error(`${program} ${from} ${kind}: ${fault.stack}`);
    }
  }
})();
