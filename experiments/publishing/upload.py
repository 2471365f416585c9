"""Upload a folder to the hub. The token is read where the hub's client keeps it, and never shown."""

from pathlib import Path

from experiments.hub.snapshot import offline
from experiments.tables.errors import UserError, printable


def upload(folder: Path, name: str, private: bool) -> str:
    """Create the model repository `name` where it is not there, upload the folder, and return its address.

    Raises UserError without a token, offline, and where the hub refuses.
    """
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if token is None:
        raise UserError("not uploaded: there is no token; set HF_TOKEN, or log in with `hf auth login`")
    if offline():
        raise UserError("not uploaded: the network is switched off (HF_HUB_OFFLINE)")
    api = HfApi(token=token)
    try:
        repository = api.create_repo(name, repo_type="model", private=private, exist_ok=True)
        api.upload_folder(repo_id=repository.repo_id, folder_path=folder, commit_message="Upload by colophon")
    except Exception as error:  # the client's errors, those of its HTTP library and of the file system have no base
        said = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        raise UserError(f"not uploaded: {said.replace(token, '…')}") from None
    return str(repository)
