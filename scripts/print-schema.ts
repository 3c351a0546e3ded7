// `npm run -s schema`: the schema for other repositories, straight from schema/: as clients see it or, with `--federation`, as composers
// want it, which is what the gateway answers to `_service { sdl }`.
import { graphql } from 'graphql';
import { createSchema } from '../src/graphql/schema.js';
import { printPublicSchema } from './public-schema.js';

async function printSubgraph(): Promise<string> {
  const { data, errors } = await graphql({
    schema: createSchema(),
    source: '{ _service { sdl } }',
    contextValue: { isRouterTrusted: true },
  });
  if (errors !== undefined) throw new AggregateError(errors, 'the schema does not print itself');
  return (data as { readonly _service: { readonly sdl: string } })._service.sdl;
}

const isForRouters = process.argv.includes('--federation');
const sdl = isForRouters ? await printSubgraph() : printPublicSchema();
process.stdout.write(`${sdl.trim()}\n`);
