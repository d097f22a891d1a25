"""Compiles modules without what only type checkers read. A script for the edge's Python, which has only its library.

`python without_types.py` takes sources by file name from standard input and writes codes by module name, both in a
marshalled dictionary; with a module's name as argument, the code of that one alone. Lines stay as they are. Left out
are annotations, but for the names of a class's fields, and blocks under TYPE_CHECKING.
"""

import ast
import marshal
import sys
from types import CodeType


class _WithoutTypes(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                statement.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if isinstance(node.annotation, ast.Constant) and node.annotation.value is None:
            return node  # a class's field
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        return node.orelse if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module == "__future__" else node


def module_name(file: str) -> str:
    """The name of the module in `file`, such as `edge/trust.py`."""
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _compiled(name: str, source: bytes) -> CodeType:
    tree = ast.fix_missing_locations(_WithoutTypes().visit(ast.parse(source, name)))
    code: CodeType = compile(tree, name, "exec", dont_inherit=True, optimize=2)
    return code


if __name__ == "__main__":
    codes = {
        module_name(name): _compiled(name, source)
        for name, source in marshal.load(sys.stdin.buffer).items()  # noqa: S302  # from workbench.bytecode
    }
    sys.stdout.buffer.write(marshal.dumps(codes[sys.argv[1]] if sys.argv[1:] else codes))
