"""The table of deliveries."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes it."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("made", models.DateTimeField(default=django.utils.timezone.now)),
                ("due", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
        ),
    )
