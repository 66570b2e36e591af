"""Sends body-*.json of this folder to Tokens_CL.

Needs azure-identity, and an identity that may publish to the rule.
"""
import gzip
import os
from pathlib import Path
from urllib.request import Request, urlopen

from azure.identity import DefaultAzureCredential

endpoint = os.environ.get("ENDPOINT", "https://dce-a1b2.usgovvirginia-1.ingest.monitor.azure.us")
rule = os.environ.get("RULE", "dcr-0123456789abcdef0123456789abcdef")
uri = f"{endpoint}/dataCollectionRules/{rule}/streams/Custom-Json-Tokens_CL?api-version=2023-01-01"
token = DefaultAzureCredential(authority="https://login.microsoftonline.us").get_token("https://monitor.azure.us//.default").token
headers = {
    "Authorization": f"Bearer {token}",
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
}
for body in sorted(Path(".").glob("body-*.json")):
    urlopen(Request(uri, gzip.compress(body.read_bytes()), headers, method="POST"))
    print(f"{body} sent")
