"""Sends body-*.json of this folder to Failures_CL.

Needs azure-identity, and an identity that may publish to the rule.
"""
import gzip
import os
from pathlib import Path
from urllib.request import Request, urlopen

from azure.identity import DefaultAzureCredential

endpoint = os.environ.get("ENDPOINT", "https://ENDPOINT")
rule = os.environ.get("RULE", "dcr-ID")
uri = f"{endpoint}/dataCollectionRules/{rule}/streams/Custom-Json-Failures_CL?api-version=2023-01-01"
token = DefaultAzureCredential(authority="https://login.microsoftonline.com").get_token("https://monitor.azure.com//.default").token
headers = {
    "Authorization": f"Bearer {token}",
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
}
for body in sorted(Path(".").glob("body-*.json")):
    urlopen(Request(uri, gzip.compress(body.read_bytes()), headers, method="POST"))
    print(f"{body} sent")
