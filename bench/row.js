// Measures one row in this process and writes the result as JSON to stdout. `run.js` starts one process per row.

import { measure } from './measure.js';
import { rows } from './rows.js';

const [name, mode] = process.argv.slice(2);
const row = rows[name ?? ''];
if (row === undefined) throw new Error(`there is no row ${name}, only ${Object.keys(rows).join(', ')}`);
process.stdout.write(JSON.stringify(await measure(row, mode === 'quick')));
