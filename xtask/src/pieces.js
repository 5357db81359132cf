// Fetches pieces of the program. What came early, or stands in this very file, is not fetched again;
// what could not be had is asked for again next time.
const arrived = {};
const arrive = async (file) => {
  const early = window.pieces?.get(file);
  window.pieces?.delete(file);
  const response = (await early) ?? await fetch(new URL(file, import.meta.url));
  return WebAssembly.instantiate(await response.arrayBuffer(), { __wasm_split: wasm });
};
const load = (files) => async (callback, data) => {
  const wanted = files.map((file) => arrived[file] ??= arrive(file).catch((error) => {
    delete arrived[file];
    throw error;
  }));
  const all = await Promise.all(wanted).then(() => true, () => false);
  wasm.__indirect_function_table.get(callback)(data, all);
};
const loaders = {
  {loaders},
};
const {names} = loaders;
