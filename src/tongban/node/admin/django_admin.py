"""Django's admin with this node's site in the place of its own."""

from django.contrib.admin import apps


class OperatorAdmin(apps.SimpleAdminConfig):
    """Django's admin, entered through the node's sign-in; it shows what the node registers, nothing else."""

    default_site = "tongban.node.admin.site.OperatorSite"
