# The application for compose.yaml: web, worker and beat run the same image. docs/operations.md, "With containers".
FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --home /srv/dudao --shell /usr/sbin/nologin dudao \
    && install -d -o dudao -g dudao -m 0755 /var/lib/dudao /var/lib/dudao/static \
    && install -d -o dudao -g dudao -m 0750 /var/lib/dudao/files

WORKDIR /srv/dudao
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN python -c "from pathlib import Path; from supervision.core.catalogues import compile_changed; compile_changed(Path())"

USER dudao
ENV DJANGO_SETTINGS_MODULE=supervision.config.settings.production PYTHONUNBUFFERED=1
CMD ["gunicorn", "supervision.config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--timeout", "60", "--max-requests", "5000", "--max-requests-jitter", "500", "--no-control-socket", \
     "--access-logfile", "-", "--error-logfile", "-"]
