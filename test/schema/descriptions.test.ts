// Descriptions are for people who read them in an explorer: short, in our words, and they say when there is nothing.
import { describe, expect, it } from '@jest/globals';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  validate,
} from 'graphql';
import { FIELD_PATHS, OWNERSHIP } from '../../src/domain/ownership.js';
import { createSchema } from '../../src/graphql/schema.js';
import { describedFields, linesOf } from './description.js';

const schema = createSchema();
const fields = describedFields(schema);
const own = Object.values(schema.getTypeMap()).filter(
  (type) => !/^_|\w__/.test(type.name) && !isSpecifiedScalarType(type),
);

/** Everything that has a description, by its schema coordinate. */
const texts = own.flatMap((type): (readonly [string, string])[] => {
  const members =
    isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
      ? Object.values(type.getFields())
      : isEnumType(type)
        ? type.getValues()
        : [];
  const all = [{ name: '', description: type.description }, ...members];
  return all.map(({ name, description }) => [`${type.name}.${name}`, description ?? '']);
});

describe('a description', () => {
  it('has at most ten lines, and none beyond what a screen shows', () => {
    const long = texts.filter(([, text]) => text.split('\n').length > 10 || /.{125}/.test(text));
    expect(texts.length).toBeGreaterThan(300);
    expect(long.map(([coordinate]) => coordinate)).toEqual([]);
  });

  it('of what may be null says when', () => {
    const nullable = fields.filter(({ field }) => !isNonNullType(field.type));
    const silent = nullable.filter(({ field }) => !/\bnull\b/i.test(field.description ?? ''));
    expect(silent.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('says so in a line of its own where it has such lines', () => {
    const listed = fields.filter(({ lines }) => 'Source' in lines || 'Cost' in lines);
    const wrong = listed.filter(({ field, coordinate, lines }) => {
      const isNullable = !isNonNullType(field.type) && !coordinate.startsWith('Mutation.');
      return isNullable !== 'Null' in lines;
    });
    expect(listed.length).toBeGreaterThan(50);
    expect(wrong.map(({ coordinate }) => coordinate)).toEqual([]);
  });

  it('has no line but those that the type of the field explains', () => {
    const names = new Set(fields.flatMap(({ lines }) => Object.keys(lines)));
    expect([...names].toSorted()).toEqual(['Again', 'Cost', 'Errors', 'Example', 'Null', 'Sent', 'Source']);
    for (const [type, explained] of [
      ['Profile', ['Source', 'Cost', 'Null']],
      ['Mutation', ['Sent', 'Cost', 'Again', 'Errors', 'Example']],
    ] as const) {
      for (const line of explained) expect(schema.getType(type)?.description).toContain(`\n- ${line}: `);
    }
  });
});

describe('the example of a mutation', () => {
  const mutations = fields.filter(({ coordinate }) => coordinate.startsWith('Mutation.'));

  it.each(mutations.map(({ field, lines }) => [field.name, lines['Example']]))(
    '%s can be sent: %s',
    (name, text) => {
      const argument = /^`(.*)`$/.exec(text ?? '')?.[1] ?? 'none';
      expect(validate(schema, parse(`mutation { ${name}(${argument}) { __typename } }`))).toEqual([]);
    },
  );
});

describe('a description of what a patch takes', () => {
  const NAMES = { mind: 'Mind', omnivibe: 'omnivibe', v2: 'v2' };
  const PREFIXES = { ProfilePatch: '', RoutingPatch: 'routing.', SettingsPatch: 'settings.' };
  const inputs = Object.entries(PREFIXES).flatMap(([typeName, prefix]) => {
    const type = schema.getType(typeName);
    const all = isInputObjectType(type) ? Object.values(type.getFields()) : [];
    return all.map(({ name, description }) => [prefix + name, linesOf(description)['Written to']] as const);
  });

  it.each(inputs.filter(([path]) => path !== 'settings'))(
    'tells who gets it, as the ownership table has it: %s',
    (path, told) => {
      const rows = FIELD_PATHS.filter((each) => each === path || each.startsWith(`${path}.`));
      const writers = rows.flatMap((row) => Object.keys(OWNERSHIP[row].write) as (keyof typeof NAMES)[]);
      expect(told).toBe([...new Set(writers)].map((backend) => NAMES[backend]).join(', '));
    },
  );

  it('tells it of every path', () => {
    expect(inputs.length).toBeGreaterThan(15);
  });
});

describe('a name', () => {
  /** A vendor's word that is ours, too, for something else. */
  const SHARED = ['name', 'telephone'];

  it('is not a vendor’s spelling of what has a name of ours', () => {
    const ours = new Set(FIELD_PATHS.flatMap((path) => path.split('.')));
    const spellings = FIELD_PATHS.flatMap((path) =>
      Object.values(OWNERSHIP[path].write).map(({ as }) => as.replace(/^PUT /, '').split('.').at(-1) ?? ''),
    );
    const foreign = new Set(spellings.filter((word) => !ours.has(word) && !SHARED.includes(word)));
    expect(foreign.size).toBeGreaterThan(15);
    const names = own.flatMap((type) =>
      isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
        ? Object.keys(type.getFields()).map((name) => ({ coordinate: `${type.name}.${name}`, name }))
        : [],
    );
    expect(names.filter(({ name }) => foreign.has(name)).map(({ coordinate }) => coordinate)).toEqual([]);
  });
});
