"""The storage of static files: hashed names, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IN_SCRIPTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names each file by its content, and follows the imports of our own modules.

    Without that a browser could run one module of before an update with another of
    after it. Third-party scripts are left alone: some name files they do not bring.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", IN_SCRIPTS[1])
