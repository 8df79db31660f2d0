"""What a holder agrees to by showing a credential: asked by a verifier, kept in the holder's history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0015_copies_again")]
    operations = [
        migrations.AddField(
            model_name="asked",
            name="statement",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AlterField(model_name="showing", name="purpose", field=models.TextField(blank=True)),
    ]
