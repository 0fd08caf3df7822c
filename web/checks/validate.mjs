// Prints, as JSON, the errors and warnings that the Khronos validator finds in GLB files.
// node validate.mjs FILE...
import { readFile } from "node:fs/promises";
import validator from "gltf-validator";

const WORST = 1; // 0 is an error, 1 a warning, 2 an information
const answer = {};
for (const path of process.argv.slice(2)) {
  const { issues } = await validator.validateBytes(new Uint8Array(await readFile(path)), { maxIssues: 0 });
  answer[path] = issues.messages.filter((message) => message.severity <= WORST);
  if (answer[path].length < issues.numErrors + issues.numWarnings) throw new Error("issues are missing");
}
process.stdout.write(JSON.stringify(answer));
