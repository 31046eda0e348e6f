import { readFile } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { optionInvalid } from '../errors.js';
import { SCOPES } from '../scopes.js';

const scopes = Type.Array(Type.Enum([...SCOPES]), { minItems: 1 });
const name = Type.String({ minLength: 1, maxLength: 64 });

/** An access list, as a file holds it. */
export const accessSchema = Type.Object(
  {
    tokens: Type.Optional(
      Type.Array(
        Type.Object(
          { name, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }), scopes },
          { additionalProperties: false },
        ),
      ),
    ),
    certificates: Type.Optional(
      Type.Array(
        Type.Object(
          { name, fingerprint: Type.String({ pattern: '^[0-9a-fA-F:]{64,95}$' }), scopes },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
);

/**
 * Reads an access list from a JSON file.
 * @throws LIMAML_ERR_SERVER_OPTION_INVALID
 */
export async function readAccessFile(file: string): Promise<Static<typeof accessSchema>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw optionInvalid('access', 'a file that cannot be read', 'the path of a JSON file');
  });
  const value = parseJson(text);
  if (Value.Check(accessSchema, value)) return value;
  const [error] = Value.Errors(accessSchema, value);
  throw optionInvalid(
    'access',
    `a file that is wrong at "${error?.instancePath ?? ''}": ${error?.message ?? 'no JSON'}`,
    '{"tokens": [{"name", "sha256", "scopes"}], "certificates": [{"name", "fingerprint", "scopes"}]}',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
