#!/usr/bin/env bash
set -euo pipefail

@VAR@=$(gcloud secrets versions access latest --secret=@slug@ --project="${GOOGLE_CLOUD_PROJECT:?}")
export @VAR@
