# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN New-Item -ItemType Directory C:\app; `
    Set-Content -Path C:\app\config.txt `
                -Value 'C:\data\'
COPY app\ C:\app\
WORKDIR C:\app
CMD ["C:\\app\\app.exe"]
