/** Files to be typed into: small classes that end in the middle of a `return`. */

const CLASSES = [
  ['Rectangle', ['width', 'height'], 'area'],
  ['Account', ['owner', 'balance'], 'is_overdrawn'],
  ['Order', ['items', 'discount'], 'total'],
  ['Timer', ['started', 'stopped'], 'elapsed'],
  ['Vector', ['x', 'y'], 'length_squared'],
  ['Temperature', ['celsius', 'place'], 'fahrenheit'],
  ['Person', ['first_name', 'last_name'], 'full_name'],
  ['Journey', ['kilometres', 'hours'], 'average_speed'],
  ['Inventory', ['stock', 'reserved'], 'available'],
  ['Chapter', ['title', 'pages'], 'is_long'],
];
const METHODS = ['__repr__', 'as_tuple', 'as_dict', 'copy'];

/** Return so many files, as pairs of name and text; each ends behind `return`, without the space. */
export function sources(count) {
  return Array.from({ length: count }, (_, number) => {
    const [name, fields, own] = CLASSES[number % CLASSES.length];
    const method = [own, ...METHODS][Math.floor(number / CLASSES.length) % (METHODS.length + 1)];
    return [`${name.toLowerCase()}_${number}.py`, text(name, fields, method)];
  });
}

function text(name, fields, method) {
  return `"""One ${name.toLowerCase()}, as it is kept in a table."""


class ${name}:
    """What is known of a ${name.toLowerCase()}."""

    def __init__(self, ${fields.join(', ')}):
${fields.map((field) => `        self.${field} = ${field}`).join('\n')}

    def is_complete(self):
        return ${fields.map((field) => `self.${field} is not None`).join(' and ')}

    def ${method}(self):
        return`;
}
