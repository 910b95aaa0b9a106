# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Get-Process | Stop-Process
WORKDIR C:\app
COPY a b
RUN choco install git
CMD app.exe
USER ContainerUser
